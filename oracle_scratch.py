import random, sys, itertools, struct, os
sys.path.insert(0,'/work/main')
from relay.engine import Engine
from relay.engine.forwarder import _codecs, _pointer
from relay.media import *
from relay.forwarding.python_forwarder import PythonForwarder
from relay.negotiation.formats import *
import pylibsrtp
from pylibsrtp import Policy, Session
P=Policy.SRTP_PROFILE_AEAD_AES_256_GCM
def sess(key, inbound):
    p=Policy(key=key, ssrc_type=Policy.SSRC_ANY_INBOUND if inbound else Policy.SSRC_ANY_OUTBOUND, srtp_profile=P); p.window_size=1024
    return Session(p)
OPUS=Codec(111,'opus',48000,2); 
def vp8(pt): return Codec(pt,'VP8',90000,rtx_payload_type=pt+1)
EXT={MID_EXTENSION:4, ABS_SEND_TIME_EXTENSION:2, TRANSPORT_CC_EXTENSION:3}
SEXT={MID_EXTENSION:9, ABS_SEND_TIME_EXTENSION:5}
class Both:
    def __init__(self, seed):
        self.out=[]; self.eout=[]
        self.r1=random.Random(seed); self.r2=random.Random(seed)
        self.py=PythonForwarder(2_500_000, 3e9, self.r1); self.en=Engine(-1, 3e9, 2_500_000, 1<<22)
        self.map={}; self.sessions=[]; self.tokens=itertools.count(1)
    def add(self):
        holder=[]
        def transmit(d): self.out.append((holder[0], d)); return True
        k=self.py.add(transmit); holder.append(k)
        e=self.en.add(self.r2.getrandbits(32)); self.map[k]=e
        up,down=os.urandom(44),os.urandom(44)
        self.py.secure(k, sess(up,True), sess(down,False))
        a,b=sess(up,True),sess(down,False); self.sessions+= [a,b]
        self.en.secure(e,_pointer(a),_pointer(b))
        self.rc=getattr(self,'rc',[]); self.rc.append(sess(down,True)); self.rc.append(sess(down,True))
        return k, sess(up,False), sess(down,True)
    def negotiate(self,k,ups,slots):
        self.py.negotiate(k,ups,slots)
        u=[(x.mid,False,next(self.tokens),x.kind=='video',_codecs(x.codecs),-1 if x.ssrc is None else x.ssrc,-1 if x.rtx_ssrc is None else x.rtx_ssrc) for x in ups]
        s=[(x.mid,False,x.kind=='video',_codecs(x.codecs),x.ssrc,x.rtx_ssrc or 0,x.extensions.get(MID_EXTENSION,0),x.extensions.get(ABS_SEND_TIME_EXTENSION,0),x.stream,self.r2.getrandbits(15),self.r2.getrandbits(32)) for x in slots]
        self.en.negotiate(self.map[k],u,s,4,3)
    def route(self,k,mid,pub,up):
        self.py.route(k,mid,pub,up); self.en.route(self.map[k],mid,self.map[pub],up)
    def receive(self,k,d,now):
        self.out=[]; self.py.receive(k,d,now); e=self.en.receive(self.map[k],d,now); self.compare(e, f'receive {d[:2].hex()} {len(d)}')
    def tick(self,now):
        self.out=[]; self.py.tick(now); self.compare(self.en.tick(now),'tick')
    def compare(self,e,what):
        want=[(self.map[k],d) for k,d in self.out]
        self.n=getattr(self,'n',0)+len(want)
        if want!=e:
            print('MISMATCH',what,len(want),len(e))
            for i,(a,b) in enumerate(itertools.zip_longest(want,e)):
                if a and b and a!=b:
                    for nm,z in (('py',a),('en',b)):
                        for q in self.rc[(nm=='en')::2]:
                            try: print(nm, q.unprotect_rtcp(z[1]).hex())
                            except Exception as x: pass
                if a!=b: print(i, a and (a[0],len(a[1]),a[1][:24].hex()), b and (b[0],len(b[1]),b[1][:24].hex()))
            raise SystemExit(1)
def run(seed):
    rnd=random.Random(seed); b=Both(seed); peers=[]
    now=1000.0
    n=rnd.choice([2,2,3])
    for i in range(n):
        k,snd,rcv=b.add()
        pt=rnd.choice([96,100,120])
        ups=[Uplink('0','audio','microphone',(OPUS,),EXT,ssrc=1000+i if rnd.random()<.7 else None), Uplink('1','video','camera',(vp8(pt),),EXT,ssrc=2000+i if rnd.random()<.7 else None, rtx_ssrc=3000+i if rnd.random()<.7 else None)]
        slots=[]
        for j in range(n-1):
            slots+= [Slot(f'{2+2*j}','audio',(OPUS,),SEXT,ssrc=5000+10*i+j,stream=f'slot-{j}'),Slot(f'{3+2*j}','video',(vp8(98),),SEXT,ssrc=6000+10*i+j,rtx_ssrc=7000+10*i+j,stream=f'slot-{j}')]
        peers.append(dict(k=k,snd=snd,rcv=rcv,pt=pt,seq=[rnd.randrange(65536) for _ in '01'],rtx=rnd.randrange(65536),ts=[rnd.getrandbits(32) for _ in '01'],tw=rnd.randrange(65536),ssrc=[1000+i,2000+i],hist={},i=i))
        b.negotiate(k,ups,slots)
    def routes():
        for p in peers:
            for j,q in enumerate([q for q in peers if q is not p]):
                b.route(p['k'],f'{2+2*j}',q['k'],'0'); b.route(p['k'],f'{3+2*j}',q['k'],'1')
    late = rnd.random()<.3
    if not late: routes()
    pend=[]
    def protect(p,d,rtcp=False):
        try: return (p['snd'].protect_rtcp if rtcp else p['snd'].protect)(d)
        except Exception: return None
    for step in range(1500):
        now+=rnd.expovariate(1/0.002)
        if late and step==200: routes()
        p=rnd.choice(peers); x=rnd.random()
        if x<.70:
            v=rnd.random()<.7; t=int(v)
            p['seq'][t]=(p['seq'][t]+ (1 if rnd.random()<.97 else rnd.choice([2,3,5,40,300])))&0xffff
            if rnd.random()<.3: p['ts'][t]=(p['ts'][t]+3000)&0xffffffff
            ext=b''
            if rnd.random()<.9: p['tw']=(p['tw']+(1 if rnd.random()<.98 else rnd.choice([2,7,500])))&0xffff; ext+=bytes([0x31])+p['tw'].to_bytes(2,'big')
            if rnd.random()<.5: ext+=bytes([0x40])+str(t).encode()
            if rnd.random()<.2: ext+=bytes([0x22,1,2,3])
            ext+=bytes(-len(ext)%4)
            key=rnd.random()<.1
            payload=(bytes([0x10,0x00 if key else 0x01]) if v else b'') + os.urandom(rnd.choice([20,200,1100]))
            pt=p['pt'] if v else 111
            pad=rnd.random()<.03
            if pad: payload+=b'\0\0\3'
            head=struct.pack('!BBHII',0x80|(0x10 if ext else 0)|(0x20 if pad else 0),pt|(0x80 if rnd.random()<.3 else 0),p['seq'][t],p['ts'][t],p['ssrc'][t])
            d=head+(struct.pack('!HH',0xbede,len(ext)//4)+ext if ext else b'')+payload
            if v: p['hist'][p['seq'][t]]=d
            e=protect(p,d)
            if e is None: continue
            r=rnd.random()
            if r<.04: continue
            if r<.12: pend.append((now+rnd.random()*.05,p['k'],e))
            else:
                b.receive(p['k'],e,now)
                if r<.15: b.receive(p['k'],e,now)
        elif x<.76 and p['hist']:
            osn=rnd.choice(list(p['hist'])[-60:]); d=p['hist'][osn]
            p['rtx']=(p['rtx']+1)&0xffff
            off=12+(4+4*struct.unpack('!H',d[14:16])[0] if d[0]&0x10 else 0)
            body = struct.pack('!H',osn)+d[off:] if rnd.random()<.9 else b''
            e=protect(p,d[:1]+bytes([d[1]&0x80|(p['pt']+1)])+struct.pack('!H',p['rtx'])+d[4:8]+struct.pack('!I',3000+p['i'])+d[12:off]+body)
            if e: b.receive(p['k'],e,now)
        elif x<.80:
            t=rnd.randrange(2)
            sr=struct.pack('!BBHIQIII',0x80,200,6,p['ssrc'][t],int((now+3e9+1234)*2**32)&(2**64-1),p['ts'][t],5,6)
            e=protect(p,sr,True); b.receive(p['k'],e,now)
        elif x<.88:
            # subscriber feedback
            ssrc=(6000 if rnd.random()<.8 else 5000)+10*p['i']+rnd.randrange(2)
            kind=rnd.randrange(5)
            if kind==0:
                last=getattr(b,'last',{}).get(ssrc,0)
                items=b''.join(struct.pack('!HH',(last-rnd.randrange(50))&0xffff,rnd.getrandbits(16)&rnd.getrandbits(16)) for _ in range(rnd.randrange(1,4)))
                c=struct.pack('!BBHII',0x81,205,2+len(items)//4,1,ssrc)+items
            elif kind==1: c=struct.pack('!BBHII',0x81,206,2,1,ssrc)
            elif kind==2: c=struct.pack('!BBHIIII',0x84,206,4,1,0,ssrc,0)
            elif kind==3: c=struct.pack('!BBHII4sII',0x8f,206,5,1,0,b'REMB',1<<24|rnd.randrange(10)<<18|rnd.randrange(1<<18),ssrc)
            else: c=struct.pack('!BBHIIIIIII',0x81,201,7,1,ssrc,rnd.getrandbits(32),rnd.getrandbits(32),rnd.getrandbits(20),getattr(b,'lsr',{}).get(ssrc,0),rnd.randrange(5000))
            b.receive(p['k'],protect(p,c,True),now)
        elif x<.89:
            b.receive(p['k'], bytes([rnd.choice([0x80,0x90,0xb0])])+os.urandom(rnd.randrange(11,60)),now)
        elif x<.90:
            g=bytes([rnd.choice([0x80,0x90,0xb0,0xbf]),rnd.choice([96,111,p['pt']])])+os.urandom(rnd.randrange(10,60))
            e=protect(p,g); 
            if e: b.receive(p['k'],e,now)
        elif x<.91:
            g=bytes([rnd.choice([0x81,0xa1,0x80]),rnd.choice([200,201,203,205,206])])+struct.pack('!H',rnd.randrange(8))+os.urandom(rnd.randrange(4,40))
            e=protect(p,g,True)
            if e: b.receive(p['k'],e,now)
        elif x<.915:
            p['ssrc'][1]=rnd.getrandbits(31)
        elif x<.917:
            b.receive(p['k'],protect(p,struct.pack('!BBHI',0x81,203,1,p['ssrc'][rnd.randrange(2)]),True),now)
        else:
            b.tick(now)
            for k,d in b.out:
                for q in peers:
                    if q['k']==k:
                        try: plain=q['rcv'].unprotect_rtcp(d)
                        except Exception: continue
                        if plain[1]==200: b.lsr=getattr(b,'lsr',{}); b.lsr[struct.unpack('!I',plain[4:8])[0]]=struct.unpack('!Q',plain[8:16])[0]>>16&0xffffffff
        for k,d in b.out:
            if 12<=len(d) and not 192<=d[1]<=223:
                b.last=getattr(b,'last',{}); s=struct.unpack('!I',d[8:12])[0]; b.last[s]=struct.unpack('!H',d[2:4])[0]
        for item in [i for i in pend if i[0]<=now]:
            pend.remove(item); b.receive(item[1],item[2],now)
    dr=dict(b.py.dropped); ed=b.en.counters()['dropped']
    if dr!=ed: print('dropped differ',dr,ed); raise SystemExit(1)
    return b.n, dr
for seed in range(int(sys.argv[1]),int(sys.argv[2])):
    r=run(seed)
    if seed%10==0: print(seed, r)
